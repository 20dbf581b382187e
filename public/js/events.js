// Links from before the reference of kinds had a page of its own.
const isOfKinds = /^#(kinds?|sample)-/.test(location.hash) || new URLSearchParams(location.search).has('after')
if (location.pathname === '/events' && isOfKinds) location.replace(`/events/kinds${location.search}${location.hash}`)
