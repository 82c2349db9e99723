/* The complaint form: what about, where, what, whom to answer, photographs; then number and PIN, shown once. */

const CATEGORIES = ["thai_do", "cham_tre", "thu_tien", "thu_tuc", "khac"];
const MOST_PHOTOS = 3;
const LONGEST_SIDE = 1600;
const NUMBER = /^(\+?84|0)[235789]\d{8,9}$/;

function complaintDialog(root, server, filed) {
  const id = randomId();
  const error = h("p", { class: "alert", role: "alert", hidden: true });
  const none = h("option", { value: "", selected: true }, t("complain_choose"));
  const category = h("select", { required: true }, none, CATEGORIES.map((key) => h("option", { value: key }, t(`complain_${key}`))));
  const place = h("input", { type: "text", maxlength: "200", autocomplete: "off" });
  const text = h("textarea", { rows: "4", maxlength: "4000", required: true });
  const contact = h("input", { type: "tel", autocomplete: "tel", inputmode: "tel" });
  const photos = h("input", { type: "file", accept: "image/*", multiple: true });
  const chosen = h("span", { class: "hint", role: "status" }, t("complain_photos_none"));
  photos.addEventListener("change", () => {
    chosen.textContent = [...photos.files].slice(0, MOST_PHOTOS).map((file) => file.name).join(", ") || t("complain_photos_none");
  });
  const send = h("button", { class: "strong" }, t("complain_send"));
  const form = h(
    "form",
    { class: "complaint", novalidate: true, onsubmit: submit },
    field("complain_about", category),
    field("complain_text", text, "complain_text_hint"),
    field("complain_place", place, "complain_place_hint"),
    field("complain_contact", contact, "complain_contact_hint"),
    field("complain_photos", photos, "complain_photos_hint", chooser(photos, chosen)),
    error,
    h("div", { class: "dialog-acts" }, send),
  );
  const dialog = openDialog(root, t("complain"), form);

  function wrong(key, element) {
    error.hidden = false;
    error.textContent = t(key);
    element?.setAttribute("aria-invalid", "true");
    element?.focus();
  }

  async function submit(event) {
    event.preventDefault();
    error.hidden = true;
    for (const element of [category, text, contact]) element.removeAttribute("aria-invalid");
    const number = contact.value.replace(/[\s.()-]/g, "");
    if (!category.value) return wrong("complain_category", category);
    if (text.value.trim().length < 8) return wrong("complain_short", text);
    if (number && !NUMBER.test(number)) return wrong("complain_number", contact);
    send.disabled = true;
    send.textContent = t("complain_sending");
    const body = { category: category.value, place: place.value, text: text.value, contact: number, client_message_id: id };
    const ticket = await server.complain(body).catch(() => null);
    send.disabled = false;
    send.textContent = t("complain_send");
    if (!ticket) return wrong("complain_failed");
    const missing = await sendPhotos(server, ticket.number, [...photos.files].slice(0, MOST_PHOTOS));
    dialog.close();
    filed();
    ticketDialog(root, ticket, missing);
  }
}

/* The browser's own file button speaks the browser's language; it lies, invisible, over one in ours. */
function chooser(input, chosen) {
  const button = h("span", { class: "plain", "aria-hidden": "true" }, t("complain_photos_choose"));
  return h("div", { class: "chooser" }, input, button, chosen);
}

/* box: what is shown where the control stands, when that is more than the control. */
function field(key, control, hint, box = control) {
  const name = newId("field");
  control.id = name;
  if (hint) control.setAttribute("aria-describedby", `${name}-hint`);
  return h("div", { class: "field" }, h("label", { for: name }, t(key)), hint && h("p", { class: "hint", id: `${name}-hint` }, t(hint)), box);
}

function ticketDialog(root, ticket, missing) {
  const dialog = openDialog(root, t("complain_done"), [
    h("dl", { class: "ticket" }, h("div", {}, h("dt", {}, t("ticket_number")), h("dd", {}, ticket.number)), h("div", {}, h("dt", {}, t("ticket_pin")), h("dd", {}, ticket.pin))),
    h("p", {}, t("ticket_keep")),
    missing && h("p", { class: "alert" }, t("complain_photo_failed")),
    h("div", { class: "dialog-acts" }, h("button", { type: "button", class: "strong", autofocus: true, onclick: () => dialog.close() }, t("done"))),
  ]);
}

/* Whether any photograph was not taken. */
async function sendPhotos(server, number, files) {
  let missing = false;
  for (const file of files) {
    const kept = await smaller(file).then((picture) => server.photo(number, picture)).then(() => true, () => false);
    missing ||= !kept;
  }
  return missing;
}

/* Drawn anew: fewer bytes over the line, and no place or device in them. */
async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("picture"))), "image/jpeg", 0.85));
}
