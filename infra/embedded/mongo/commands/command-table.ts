import { aggregate } from './aggregate.js';
import { create, drop, dropDatabase, listCollections, renameCollection } from './collections.js';
import { type CommandHandler } from './command.js';
import { count, distinct } from './count-and-distinct.js';
import { deleteCommand } from './delete.js';
import { getLog, hostInfo, serverStatus, whatsmyuri } from './diagnostics.js';
import { findAndModify } from './find-and-modify.js';
import { find, getMore } from './find.js';
import { buildInfo, connectionStatus, getParameter, hello, ping } from './handshake.js';
import { createIndexes, dropIndexes, listIndexes } from './indexes.js';
import { insert } from './insert.js';
import { killCursors } from './kill-cursors.js';
import { listDatabases } from './list-databases.js';
import { endSessions, noTransactions, refreshSessions, startSession } from './sessions.js';
import { collStats, dbStats } from './statistics.js';
import { update } from './update.js';

/** Every command this node answers; any other name is CommandNotFound. */
export const COMMANDS: ReadonlyMap<string, CommandHandler> = new Map<string, CommandHandler>([
  ['hello', hello],
  ['isMaster', hello],
  ['ismaster', hello],
  ['ping', ping],
  ['buildInfo', buildInfo],
  ['buildinfo', buildInfo],
  ['getParameter', getParameter],
  ['connectionStatus', connectionStatus],
  ['whatsmyuri', whatsmyuri],
  ['hostInfo', hostInfo],
  ['serverStatus', serverStatus],
  ['getLog', getLog],
  ['dbStats', dbStats],
  ['dbstats', dbStats],
  ['collStats', collStats],
  ['collstats', collStats],
  ['startSession', startSession],
  ['endSessions', endSessions],
  ['refreshSessions', refreshSessions],
  ['commitTransaction', noTransactions],
  ['abortTransaction', noTransactions],
  ['find', find],
  ['getMore', getMore],
  ['killCursors', killCursors],
  ['insert', insert],
  ['update', update],
  ['delete', deleteCommand],
  ['findAndModify', findAndModify],
  ['findandmodify', findAndModify],
  ['aggregate', aggregate],
  ['count', count],
  ['distinct', distinct],
  ['createIndexes', createIndexes],
  ['listIndexes', listIndexes],
  ['dropIndexes', dropIndexes],
  ['create', create],
  ['drop', drop],
  ['dropDatabase', dropDatabase],
  ['renameCollection', renameCollection],
  ['listCollections', listCollections],
  ['listDatabases', listDatabases],
]);
