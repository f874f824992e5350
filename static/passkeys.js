// Passkeys: the browser's own dialogue between two answers of the desk. Without scripts there are codes.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

const post = async (address, data) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(data) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

const ceremonies = {
  async register(options) {
    const user = { ...options.user, id: bytes(options.user.id) };
    const excluded = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: { ...options, challenge: bytes(options.challenge), user, excludeCredentials: excluded } });
  },
  async use(options) {
    const allowed = named(options.allowCredentials);
    return navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: allowed } });
  },
};

const posted = (made) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  if (made.response.getTransports) response.transports = made.response.getTransports();
  return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults() };
};

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { passkey, begin, complete, next, failed } = button.dataset;
    try {
      const options = await post(begin, {});
      await post(complete, posted(await ceremonies[passkey](options.publicKey || options)));
      location.assign(next);
    } catch {
      document.querySelector(".passkey-failed").textContent = failed;
    }
  });
}
