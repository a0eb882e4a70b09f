// What the JavaScript drivers share: reads the job, makes the calls, prints one JSON line for each.
const { readFileSync } = require("node:fs");

exports.drive = async (act) => {
  const job = JSON.parse(readFileSync(0, "utf8"));
  for (const call of job.calls) {
    const key = call.wrong_key ? job.wrong_key : job.key;
    const told = { name: call.name };
    try {
      told.answer = await act(job, key, call.does, call.comment);
    } catch (error) {
      told.answer = "refused";
      told.why = String(error).replace(/\s+/g, " ");
    }
    console.log(JSON.stringify(told));
  }
};

exports.word = (isSo, yes, no) => {
  if (typeof isSo !== "boolean") throw new TypeError(`neither true nor false: ${isSo}`);
  return isSo ? yes : no;
};
