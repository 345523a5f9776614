/** The commands, in the order in which help lists them. */
import type { AnyCommand } from '../command.js'
import { build } from './build.js'
import { call } from './call.js'
import { cat } from './cat.js'
import { check } from './check.js'
import { completion } from './completion.js'
import { destroy } from './destroy.js'
import { dev } from './dev.js'
import { doctor } from './doctor.js'
import { exportCommand } from './export.js'
import { exportFiles } from './export-files.js'
import { fraud } from './fraud.js'
import { get } from './get.js'
import { history } from './history.js'
import { host } from './host.js'
import { importCommand } from './import.js'
import { info } from './info.js'
import { init } from './init.js'
import { invite } from './invite.js'
import { join } from './join.js'
import { list } from './list.js'
import { load } from './load.js'
import { ls } from './ls.js'
import { methods } from './methods.js'
import { monitor } from './monitor.js'
import { oplog } from './oplog.js'
import { prove } from './prove.js'
import { serve } from './serve.js'
import { session } from './session.js'
import { source } from './source.js'
import { status } from './status.js'
import { sync } from './sync.js'
import { testCommand } from './test.js'
import { tree } from './tree.js'
import { tx } from './tx.js'
import { use } from './use.js'
import { verify } from './verify.js'
import { version } from './version.js'

/** Commands under one heading of `--help`. */
export interface CommandGroup {
  readonly heading: string
  readonly commands: readonly AnyCommand[]
}

/** All commands, as `--help` shows them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    heading: 'Begin',
    commands: [session, init, load, use, exportCommand, importCommand, destroy, completion, version],
  },
  { heading: 'Write a contract', commands: [dev, testCommand, build] },
  { heading: 'Use the contract', commands: [call, tx, methods, source] },
  { heading: 'Read the database', commands: [get, list, history, info, status, sync, doctor] },
  { heading: 'Read the files of a script', commands: [ls, cat, tree, exportFiles] },
  { heading: 'Check the executor', commands: [verify, monitor, fraud] },
  { heading: 'Prove to others', commands: [prove, check] },
  { heading: 'Work with others', commands: [host, serve, invite, join, oplog] },
]

/** All commands, in the order of their groups. */
export const COMMANDS: readonly AnyCommand[] = COMMAND_GROUPS.flatMap(({ commands }) => commands)
