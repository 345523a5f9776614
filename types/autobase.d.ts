// Types of what the bench uses of Autobase, which ships none. Written against version 7.28.1.

declare module 'autobase' {
  import type { EventEmitter } from 'node:events'
  import type Corestore from 'corestore'
  import type Hypercore from 'hypercore'

  /** Several writers' logs, put in one order and applied to a view. */
  class Autobase<View, Message> extends EventEmitter {
    constructor(store: Corestore, bootstrap: Uint8Array | null, handlers: Autobase.Handlers<View, Message>)

    readonly key: Buffer
    /** This writer's own log. */
    readonly local: Hypercore
    readonly view: View
    readonly writable: boolean

    ready(): Promise<void>
    close(): Promise<void>
    append(value: Message | Message[]): Promise<unknown>
    update(): Promise<void>
  }

  namespace Autobase {
    interface Host {
      addWriter(key: Uint8Array, options?: { indexer?: boolean }): Promise<void>
    }

    interface Handlers<View, Message> {
      valueEncoding?: string
      open(store: { get(name: string): Hypercore }): View
      apply(nodes: readonly { readonly value: Message | null }[], view: View, host: Host): Promise<void>
    }
  }

  export = Autobase
}
