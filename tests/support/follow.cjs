// Follows a stream with the package `eventsource` and prints each message, until the server has no more.
// Run in vendor/: node follow.cjs URL
const { createRequire } = require("node:module");
const { EventSource } = createRequire(`${process.cwd()}/`)("eventsource");

const source = new EventSource(process.argv[2]);
const print = (message) => console.log(JSON.stringify([message.type, message.lastEventId, message.data]));
for (const type of ["video_update", "done"]) source.addEventListener(type, print);
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) process.exit(0);
};
