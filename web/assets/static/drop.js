// Files that are dropped on a page go to the server on this machine, and nowhere else.

export function drop(say) {
  const form = document.querySelector('#files')
  if (!form) return
  const input = form.querySelector('input[type=file]')
  input.addEventListener('change', () => input.files.length && send(form, input.files, say))
  const stop = (e) => {
    if (!e.dataTransfer?.types.includes('Files')) return false
    e.preventDefault()
    return true
  }
  addEventListener('dragover', (e) => stop(e) && document.body.classList.add('dropping'))
  addEventListener('dragleave', (e) => e.relatedTarget || document.body.classList.remove('dropping'))
  addEventListener('drop', (e) => {
    if (!stop(e)) return
    document.body.classList.remove('dropping')
    send(form, e.dataTransfer.files, say)
  })
}

async function send(form, files, say) {
  const data = new FormData()
  for (const f of files) data.append('file', f, f.name)
  document.body.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(form.action, { method: 'POST', body: data })
    if (answer.ok && answer.redirected) return location.assign(answer.url)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    say(page.querySelector('.notice')?.textContent ?? 'These files were not read.')
  } catch {
    say('The server does not answer. Is allwrong serve still running?')
  } finally {
    document.body.removeAttribute('aria-busy')
  }
}
