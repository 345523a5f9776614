/** Tells callers who they are: the key of the log that holds the call, which nobody else can sign for. */
export const nicknames = {}

export const whoAmI = () => ({ id: caller.id, nickname: nicknames[caller.id] ?? null })

export function callMe(nickname) {
  if (typeof nickname !== 'string' || nickname.length > 40)
    throw new Error('a nickname has up to 40 characters')
  if (Object.values(nicknames).includes(nickname)) throw new Error(`somebody is called ${nickname} already`)
  nicknames[caller.id] = nickname
  return whoAmI()
}

export const whoIs = (nickname) => Object.keys(nicknames).find((id) => nicknames[id] === nickname) ?? null
