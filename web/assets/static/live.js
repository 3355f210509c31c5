// The report, live: every control changes the address, and the page follows.

export function live(go) {
  const here = document.body.dataset.here
  if (here !== '/' && here !== '/counts') return
  let wait, slow
  // What takes longer is asked for once the page is there, and given up when it changes.
  const later = async () => {
    slow?.abort()
    const mine = slow = new AbortController()
    for (const at of document.querySelectorAll('[data-part]')) {
      try {
        const answer = await fetch(at.dataset.part, { signal: mine.signal })
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        at.replaceChildren(...[...page.querySelector('#main').children].map((x) => document.adoptNode(x)))
        at.removeAttribute('data-part')
      } catch { return }
    }
  }
  let rest
  const settle = () => {
    slow?.abort()
    clearTimeout(rest)
    rest = setTimeout(later, 600)
  }
  settle()
  document.addEventListener('swapped', settle)
  const follow = (form) => go(form.action.split('?')[0] + '?' + compact(form), {}, { only: ['#main', '#said'], focus: false })
  document.addEventListener('input', (e) => {
    const form = e.target.closest('form[data-live]')
    if (!form) return
    show(e.target)
    clearTimeout(wait)
    wait = setTimeout(() => follow(form), e.target.type === 'number' || e.target.type === 'text' || e.target.type === 'search' ? 200 : 10)
  })
  document.addEventListener('click', (e) => {
    const all = e.target.closest('[data-all]')
    if (!all) return
    const form = all.closest('form')
    for (const box of form.querySelectorAll(`input[name="${all.dataset.of}"]`)) box.checked = all.dataset.all === 'yes'
    e.preventDefault()
    follow(form)
  })
}

// show writes what a slider says beside it.
function show(input) {
  const out = input.type === 'range' && input.form.querySelector(`output[for="${input.id}"]`)
  if (out) out.textContent = input.dataset.scale ? (input.value * input.dataset.scale).toFixed(1) : input.value
}

// compact is a form as an address: what is as it was at first is left out, and
// models are named by those that are fewer, taken or left out.
function compact(form) {
  const out = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name]
    if (name !== 'model' && value !== '' && value !== field?.dataset?.default) out.append(name, value)
  }
  const boxes = [...form.querySelectorAll('input[name=model]')]
  const taken = boxes.filter((b) => b.checked)
  if (taken.length < boxes.length) {
    const few = taken.length <= boxes.length / 2 && taken.length > 0
    for (const b of few ? taken : boxes.filter((b) => !b.checked)) out.append(few ? 'model' : 'without', b.value)
  }
  return out
}
