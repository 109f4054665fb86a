import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NODE_PROGRAM } from '../node-process.js';

/**
 * The fault that the tests of durability must find: the nodes' own program, but every write is answered as soon as it
 * is decided, before it is committed.
 */
export function programThatAnswersEarly(directory: string): string {
  const built = (path: string): string =>
    JSON.stringify(pathToFileURL(resolve('dist/infra/embedded', path)).href);
  const program = join(directory, 'answers-early.mjs');
  writeFileSync(
    program,
    `import { setTimeout as pause } from 'node:timers/promises';
     import { Writer } from ${built('eventstore/store/writer.js')};
     import { Store } from ${built('eventstore/store/store.js')};
     import { CommitQueue } from ${built('mongo/store/commit-queue.js')};
     // Commits take 5 ms more. LMDB commits a transaction when its work is done.
     const slowly = (environment) => {
       const transaction = environment.childTransaction.bind(environment);
       const work = (decide) => transaction(async () => {
         decide();
         await pause(5);
       });
       return new Proxy(environment, { get: (all, name) => (name === 'childTransaction' ? work : all[name]) });
     };
     const commit = Store.prototype.commit;
     Store.prototype.commit = async function (writes) {
       await pause(5);
       return commit.call(this, writes);
     };
     const slow = new Set();
     for (const group of [Writer, CommitQueue]) {
       const submit = group.prototype.submit;
       group.prototype.submit = function (decide) {
         if (group === CommitQueue && !slow.has(this)) this.environment = slowly(slow.add(this) && this.environment);
         return new Promise((answer, refuse) => {
           const early = (transaction) => {
             const decided = decide(transaction);
             answer(decided);
             return decided;
           };
           submit.call(this, early).catch(refuse);
         });
       };
     }
     await import(${JSON.stringify(pathToFileURL(NODE_PROGRAM).href)});`,
  );
  return program;
}
