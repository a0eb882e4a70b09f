// Drives npm akismet-api; the argument is the value of its own option `host`, if any.
const { AkismetClient } = require("akismet-api");
const { drive, word } = require("./common.cjs");

const [host] = process.argv.slice(2);

const made = (job, key) => {
  if (job.server) return new (require("./akismet-api.cjs").WinnowClient)({ server: job.server, key, blog: job.blog });
  return new AkismetClient({ key, blog: job.blog, ...(host ? { host, protocol: "http" } : {}) });
};

drive(async (job, key, does, comment) => {
  const client = made(job, key);
  if (does === "verify") return word(await client.verifyKey(), "valid", "invalid");
  if (does === "check") return word(await client.checkSpam(comment), "true", "false");
  const response = does === "submit_spam" ? await client.submitSpam(comment) : await client.submitHam(comment);
  return response.text === "Thanks for making the web a better place." ? "thanks" : "refused";
});
