// A screen that is left alone locks, with what was typed; one that is written on stays awake.

{
  const AWAKE_EVERY_SECONDS = 60;
  const KEPT_OF_FORM = new Set(["form_draft", "form_began_with"]);
  const lock = document.querySelector("#lock");
  const after = Number(document.body.dataset.locksAfter);
  let touched = Date.now();
  let told = Date.now();
  let written = null;
  let locking = false;

  function look() {
    const alone = (Date.now() - touched) / 1000;
    if (locking) return;
    if (alone >= after) {
      locking = true;
      lock.requestSubmit();
    } else if (touched > told && (Date.now() - told) / 1000 >= AWAKE_EVERY_SECONDS) {
      told = Date.now();
      fetch("/awake", { redirect: "manual" }).catch(() => {});
    }
  }

  function takeAlong() {
    if (!written?.isConnected) return;
    for (const [name, value] of new FormData(written)) {
      if ((name.startsWith("form_") && !KEPT_OF_FORM.has(name)) || typeof value !== "string") continue;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      lock.append(field);
    }
  }

  if (lock) {
    lock.addEventListener("submit", takeAlong);
    addEventListener("input", (event) => { if (event.target.closest("main")) written = event.target.form; });
    for (const one of ["pointerdown", "keydown", "wheel", "touchstart"]) {
      addEventListener(one, () => { touched = Date.now(); }, { passive: true });
    }
    if (after) setInterval(look, 1000);
  }
}
