/* The chat API. Every failure is a ServerError: status 0 when nothing was reached. */

const TIMEOUT_MS = 30000;

class ServerError extends Error {
  constructor(status, detail = "", retryAfter = 0) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

function connectServer(base, session) {
  async function call(method, path, body) {
    const raw = body instanceof Blob;
    const headers = body ? { "Content-Type": raw ? body.type : "application/json" } : {};
    if (session.token) headers.Authorization = `Bearer ${session.token}`;
    const response = await reach(base + path, {
      method,
      headers,
      body: raw ? body : body ? JSON.stringify(body) : undefined,
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw await failure(response);
    return response.status === 204 ? null : response.json();
  }

  /* The token comes before the first message, so that a message sent again never opens a second conversation. */
  async function open() {
    if (session.token) return;
    const opened = await call("POST", "/api/chat", { language: preferences.language });
    session.token = opened.token;
    session.save();
  }

  async function send(item) {
    await open();
    return call("POST", "/api/chat/messages", { text: item.text, channel: "web", client_message_id: item.id });
  }

  return {
    base,
    send,
    history: () => call("GET", "/api/chat/history"),
    erase: () => call("DELETE", "/api/chat"),
    stay: () => call("POST", "/api/chat/presence"),
    complain: (complaint) => open().then(() => call("POST", "/api/chat/complaints", complaint)),
    photo: (number, picture) => call("POST", `/api/chat/complaints/${encodeURIComponent(number)}/photos`, picture),
    rate: (rating) => call("POST", "/api/chat/ratings", rating),
    link: (entry) => call("GET", `/api/chat/links/${encodeURIComponent(entry)}`),
  };
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new ServerError(0);
  }
}

async function failure(response) {
  const problem = await response.json().catch(() => ({}));
  return new ServerError(response.status, problem.detail, Number(response.headers.get("Retry-After")) || 0);
}
