// Before the first paint: the colours that were chosen here before.
try {
  const theme = localStorage.getItem('theme')
  if (theme) document.documentElement.dataset.theme = theme
} catch { /* no storage: the system's colours */ }
