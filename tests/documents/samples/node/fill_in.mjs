// Code goes on behind its beginning, or fills the gap before its end.
import OpenAI from "./openai.mjs";

const [model, before, after] = process.argv.slice(2);
const client = new OpenAI({
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
  apiKey: process.env.DASHSCOPE_API_KEY,
});

async function main() {
  const gap = after === undefined ? "" : `${after}<|fim_middle|>`;
  const completion = await client.completions.create({
    model,
    prompt: `<|fim_prefix|>${before}<|fim_suffix|>${gap}`,
  });
  console.log("== continuation ==");
  console.log(completion.choices[0].text);
}

main();
