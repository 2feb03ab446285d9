/** Runs `work` once things have been quiet for `quiet` ms, but never later than `most` ms after the first call. */
export function debounce(work: () => void, quiet: number, most = quiet * 4): { (): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let first = 0
  const run = () => {
    timer = undefined
    work()
  }
  const call = () => {
    const now = Date.now()
    if (timer === undefined) first = now
    clearTimeout(timer)
    timer = setTimeout(run, Math.max(0, Math.min(quiet, first + most - now)))
  }
  call.cancel = () => {
    clearTimeout(timer)
    timer = undefined
  }
  return call
}
