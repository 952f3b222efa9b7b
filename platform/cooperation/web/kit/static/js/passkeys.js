/* Passkeys: a form with data-passkey="get" or "create" and the options in data-options. Pressing its
   button asks the browser, puts the answer into the hidden field and sends the form. Without this
   module or without WebAuthn the page says what else can be done. */

const decode = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

const encode = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const known = (list) => (list || []).map((each) => ({ ...each, id: decode(each.id) }));

function creation(options) {
  return {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
}

function request(options) {
  return {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: known(options.allowCredentials),
  };
}

function answerOf(credential) {
  const given = credential.response;
  const response = { clientDataJSON: encode(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = encode(given.attestationObject);
    response.transports = given.getTransports ? given.getTransports() : [];
  } else {
    response.authenticatorData = encode(given.authenticatorData);
    response.signature = encode(given.signature);
  }
  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, response };
}

function ask(kind, options) {
  return kind === "create"
    ? navigator.credentials.create({ publicKey: creation(options) })
    : navigator.credentials.get({ publicKey: request(options) });
}

function show(form, name) {
  for (const part of form.querySelectorAll("[data-passkey-part]")) {
    part.hidden = !part.dataset.passkeyPart.split(" ").includes(name);
  }
}

function serve(form) {
  if (!window.PublicKeyCredential || !navigator.credentials) {
    show(form, "missing");
    return;
  }
  show(form, "ready");
  const field = form.elements.namedItem("credential");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show(form, "waiting");
    try {
      const credential = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
      field.value = JSON.stringify(answerOf(credential));
    } catch (failure) {
      show(form, failure.name === "InvalidStateError" ? "known" : "failed");
      const told = form.querySelector("[role=alert]:not([hidden])");
      if (told) told.focus();
      return;
    }
    form.submit();
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) serve(form);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
