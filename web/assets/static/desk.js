// The desk: keys that no button has, and other people's decisions as they come.

const $ = (selector, from = document) => from.querySelector(selector)

export function desk(go) {
  if (document.body.dataset.here !== '/desk') return
  document.addEventListener('key', ({ detail: e }) => {
    const value = $(`select[data-value="${CSS.escape(e.key)}"]`)
    if (value) {
      value.selectedIndex = (value.selectedIndex + 1) % value.options.length
      value.closest('.value').dataset.now = value.value
    } else if (e.key === 'o') {
      const all = [...document.querySelectorAll('details.response')]
      const open = !all.every((d) => d.open)
      for (const d of all) d.open = open
    } else return
    e.preventDefault()
  })
  document.addEventListener('change', (e) => {
    if (e.target.dataset.value) e.target.closest('.value').dataset.now = e.target.value
  })
  toView()
  document.addEventListener('swapped', (e) => {
    if (e.detail.includes('#queue')) toView()
  })
  setInterval(() => follow(go), 4000)
  addEventListener('focus', () => follow(go))
}

// toView brings the query into the view of its queue.
function toView() {
  const [list, here] = [$('#queue ol'), $('#queue li.here')]
  if (list && here) list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 3
}

// follow looks whether the ledger has grown elsewhere: in another tab, or by
// another program. What is being typed stays.
async function follow(go) {
  if (document.hidden || document.body.hasAttribute('aria-busy')) return
  try {
    const answer = await fetch('/api/ledger')
    if (!answer.ok) return
    const { digest } = await answer.json()
    if (digest !== $('#strip').dataset.digest) go(location.href, {}, { push: false, only: ['#strip', '#queue'], focus: false })
  } catch { /* the next look will tell */ }
}
