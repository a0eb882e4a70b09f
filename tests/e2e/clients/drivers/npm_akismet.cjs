// Drives npm akismet 2, which tells neither an error from ham nor what a submission was answered.
const { promisify } = require("node:util");
const { client: made } = require("akismet");
const { drive, word } = require("./common.cjs");

drive(async (job, key, does, comment) => {
  const options = { apiKey: key, blog: job.blog };
  const client = job.server ? require("./akismet.cjs").client({ ...options, server: job.server }) : made(options);
  const call = (name) => promisify(client[name].bind(client));
  if (does === "verify") return word(await call("verifyKey")(), "valid", "invalid");
  if (does === "check") return word(await call("checkComment")(comment), "true", "false");
  await call(does === "submit_spam" ? "submitSpam" : "submitHam")(comment);
  return "thanks";
});
