// Longer forms are kept on the server while somebody types, never in the browser. Two tabs do not write over each
// other: whoever is later is told, and chooses.

const QUIET_MS = 1500;

function keepDraft(form) {
  const state = form.querySelector(".draft-state");
  const words = state.dataset;
  let waiting = null;
  let saving = null;
  let dirty = false;

  async function save(over) {
    clearTimeout(waiting);
    if (saving) { await saving; if (!dirty && over === undefined) return; }
    if (over !== undefined) form.elements.form_draft_seen.value = over;
    dirty = false;
    saving = send().finally(() => { saving = null; });
    await saving;
  }

  async function send() {
    let answer;
    try {
      answer = await fetch("/drafts", {
        method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: document.visibilityState === "hidden",
        redirect: "manual", signal: AbortSignal.timeout(8000),
      });
    } catch {
      dirty = true;
      return say(words.lost);
    }
    if (answer.status === 409) return choose(await answer.json());
    if (!answer.ok) { dirty = true; return say(words.shut); }
    const { version, saved_at: at } = await answer.json();
    form.elements.form_draft_seen.value = version;
    if (form.dataset.at) history.replaceState(null, "", form.dataset.at);
    say(words.saved.replace("{at}", clockOf.format(new Date(at))));
  }

  function choose({ version, saved_at: at }) {
    say(words.other.replace("{at}", clockOf.format(new Date(at))));
    const [theirs, mine] = form.querySelectorAll(".draft-choice button");
    form.querySelector(".draft-choice").hidden = false;
    theirs.onclick = () => location.reload();
    mine.onclick = () => { form.querySelector(".draft-choice").hidden = true; save(version); };
  }

  function say(text) {
    if (state.textContent !== text) state.textContent = text;
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(waiting);
    waiting = setTimeout(save, QUIET_MS);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (!saving) { dirty = false; return; }
    // What is being kept now would outlive the form that is handed in.
    event.preventDefault();
    const handIn = () => form.requestSubmit(event.submitter);
    saving.then(handIn, handIn);
  });
  addEventListener("online", () => { if (dirty) save(); });
  document.addEventListener("visibilitychange", () => { if (dirty && document.visibilityState === "hidden") save(); });
  return () => (dirty ? save() : saving);
}

const clockOf = new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone, hour12: false });
const drafts = [...document.querySelectorAll("form[data-draft]")].map(keepDraft);

// For whoever has to interrupt a form, to lock the screen for example: resolves when all is kept that can be.
window.keepDrafts = () => Promise.all(drafts.map((keep) => keep()));
