// Passkeys: the page asks for a challenge, the device answers it, and a form carries the answer.

const encoded = (form) => new URLSearchParams({ form_token: form.elements.form_token.value });

async function answer(form) {
  const creates = form.dataset.passkey === "create";
  const asked = await fetch(creates ? "/passkeys/new" : "/passkeys/challenge", { method: "POST", body: encoded(form) });
  if (!asked.ok) throw new Error(String(asked.status));
  const { challenge, options } = await asked.json();
  const credential = creates
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  form.elements.challenge.value = challenge;
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(form).catch(() => { form.querySelector(".mistake").textContent = form.dataset.refused; });
    });
  }
}
