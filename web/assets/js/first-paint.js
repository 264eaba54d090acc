// Runs before the first paint, so that a stored theme or language does not flash in late.
(() => {
  try {
    const { theme, language } = JSON.parse(localStorage.getItem('quanyu') ?? '{}');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    if (language) document.documentElement.lang = language;
  } catch {
    // Without storage the system's theme and language hold.
  }
})();
