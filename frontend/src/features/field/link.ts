/** How this phone stands with the server, as one thing: what is told is what the person can do something about. */
export type Link = 'live' | 'signed_out' | 'away'

/** `lost`: the server has fallen silent; `kept`: what is shown comes from this phone. */
export function linkOf({ online, signedOut, lost, kept }: { online: boolean; signedOut: boolean; lost: boolean; kept: boolean }): Link {
  if (!online) return 'away'
  if (signedOut) return 'signed_out' // its stream has ended for that reason
  return lost || kept ? 'away' : 'live'
}
