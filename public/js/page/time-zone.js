// Sends the browser's time zone to the server, so that it renders times in it.
const YEAR_S = 31_536_000
const own = Intl.DateTimeFormat().resolvedOptions().timeZone
const cookie = `tz=${encodeURIComponent(own)}`

// biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox and Safari of the last years.
if (own && !document.cookie.split('; ').includes(cookie)) document.cookie = `${cookie}; Path=/; Max-Age=${YEAR_S}; SameSite=Strict`
