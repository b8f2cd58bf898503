// Sends what the official package sends and reads what it reads, for programs that import it.

const HEADERS = {
  "Accept": "application/json",
  "User-Agent": "OpenAI/JS 6.49.0",
  "X-Stainless-Lang": "js",
  "X-Stainless-Package-Version": "6.49.0",
  "X-Stainless-Retry-Count": "0",
  "X-Stainless-Runtime": "node",
};

async function* chunks(response) {
  let held = "";
  const text = new TextDecoder();
  for await (const bytes of response.body) {
    held += text.decode(bytes, { stream: true });
    const lines = held.split("\n");
    held = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const data = line.slice(5).trim();
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Error(chunk.error.message);
      yield chunk;
    }
  }
  throw new Error("the stream ended before [DONE]");
}

export default class OpenAI {
  constructor({ apiKey, baseURL }) {
    this.apiKey = apiKey;
    this.baseURL = baseURL;
    this.chat = { completions: { create: (body) => this.post("/chat/completions", body) } };
    this.responses = { create: (body) => this.post("/responses", body) };
    this.completions = { create: (body) => this.post("/completions", body) };
  }

  async post(path, body) {
    const response = await fetch(this.baseURL + path, {
      method: "POST",
      headers: {
        ...HEADERS,
        "Authorization": `Bearer ${this.apiKey}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      const { error } = await response.json();
      throw new Error(`${response.status} ${error.message}`);
    }
    return body.stream ? chunks(response) : response.json();
  }
}
