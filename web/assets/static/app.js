// What every page has: the token that comes with the link, colours, swapping
// parts of a page instead of loading it anew, and keys.

import { desk } from './desk.js'
import { live } from './live.js'
import { drop } from './drop.js'

const $ = (selector, from = document) => from.querySelector(selector)

// The token stands in the fragment, which no request carries. It is posted once
// and taken out of the address.
function enter() {
  const form = $('#enter')
  if (!form || location.hash.length < 20) return
  $('#token').value = location.hash.slice(1)
  history.replaceState(null, '', location.pathname + location.search)
  form.submit()
}

function theme() {
  const button = $('#theme')
  button.hidden = false
  button.addEventListener('click', () => {
    const root = document.documentElement
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
    root.dataset.theme = dark ? 'light' : 'dark'
    try { localStorage.setItem('theme', root.dataset.theme) } catch { /* for this page only */ }
  })
}

// The parts of a page that are swapped when the address changes.
const parts = ['#strip', '#queue', '#main', '#choice', '#data']

let busy = null // the request under way; a newer one replaces it
let changing = false // a change is under way: nothing else is sent until it is answered

// go shows what an address gives, without loading a page. Options are those of fetch.
export async function go(address, options = {}, { push = true, only = parts, focus = true } = {}) {
  if (changing) return false
  changing = options.method === 'POST'
  busy?.abort()
  const mine = busy = new AbortController()
  document.body.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(address, { ...options, signal: changing ? undefined : mine.signal, credentials: 'same-origin' })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (mine !== busy) return false
    if (!$('#main', page) || $('body', page).dataset.here !== document.body.dataset.here) {
      location.assign(answer.url)
      return true
    }
    swap(page, only)
    if (push && options.method !== 'POST') history.pushState(null, '', answer.url)
    if (push && options.method === 'POST' && answer.ok) history.pushState(null, '', answer.url)
    if (focus) {
      scrollTo(0, 0)
      $('#main').focus({ preventScroll: true })
    }
    document.dispatchEvent(new CustomEvent('swapped', { detail: only }))
    return answer.ok
  } catch (e) {
    if (e.name !== 'AbortError') say('The server does not answer. Is allwrong serve still running?')
    return false
  } finally {
    if (mine === busy) {
      busy = null
      document.body.removeAttribute('aria-busy')
    }
    if (options.method === 'POST') changing = false
  }
}

function swap(page, only) {
  document.title = page.title
  for (const selector of only) {
    const [now, next] = [$(selector), $(selector, page)]
    if (now && next) now.replaceWith(document.adoptNode(next))
  }
}

export function say(text) {
  const p = document.createElement('p')
  p.className = 'notice bad'
  p.textContent = text
  $('#notice')?.replaceChildren(p)
}

// Links and forms of our own pages swap parts.
function navigation() {
  document.addEventListener('click', (e) => {
    const a = e.target.closest('a[href]')
    if (!a || a.target || e.button || e.metaKey || e.ctrlKey || e.shiftKey || a.origin !== location.origin || a.pathname !== location.pathname || a.hash) return
    e.preventDefault()
    go(a.href)
  })
  document.addEventListener('submit', (e) => {
    const form = e.target
    if (form.method === 'dialog' || form.id === 'enter' || form.enctype === 'multipart/form-data') return
    e.preventDefault()
    const data = new URLSearchParams(new FormData(form, e.submitter))
    if (form.method === 'post') go(form.action, { method: 'POST', body: data })
    else go(form.action + '?' + data)
  })
  addEventListener('popstate', () => go(location.href, {}, { push: false }))
}

// Every control with data-key is reached by that key.
function keys() {
  let on = true
  try { on = localStorage.getItem('keys') !== 'off' } catch { /* on */ }
  const box = $('#keys-on')
  if (box) {
    box.checked = on
    box.addEventListener('change', () => {
      on = box.checked
      try { localStorage.setItem('keys', on ? 'on' : 'off') } catch { /* for this page only */ }
    })
  }
  const dialog = $('#keys')
  const help = $('#help')
  if (dialog && help) {
    help.hidden = false
    help.addEventListener('click', () => dialog.showModal())
  }
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || dialog?.open) return
    const field = e.target.closest('input:not([type=checkbox]):not([type=range]), textarea, select')
    if (field) {
      if (e.key === 'Escape' || e.key === 'Enter' && field.form?.id === 'mark' && field.tagName === 'INPUT') {
        e.preventDefault()
        field.blur()
      }
      return
    }
    if (e.key === '?' && dialog) {
      e.preventDefault()
      dialog.showModal()
      return
    }
    if (!on || changing || busy) return
    const at = document.querySelector(`[data-key="${CSS.escape(e.key)}"]`)
    if (at) {
      e.preventDefault()
      at.tagName === 'INPUT' ? at.focus() : at.click()
      return
    }
    document.dispatchEvent(new CustomEvent('key', { detail: e }))
  })
}

// On a small screen what stands beside the page is folded.
function fold() {
  if (!matchMedia('(max-width: 52rem)').matches) return
  for (const d of document.querySelectorAll('.fold, #queue-fold')) d.removeAttribute('open')
}

enter()
fold()
document.addEventListener('swapped', (e) => e.detail.includes('#queue') && fold())
theme()
navigation()
keys()
desk(go)
live(go)
drop(say)
