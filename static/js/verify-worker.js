// Keeps the page that checks cards, with its styles, scripts, keys and status lists, so that it opens with no network.
// The school serves it as /verify-worker.js, so that it may stand over the checking page of any language.
//
// A bigger worker takes over with `importScripts("/verify-worker.js")` and `keepingVerification("/es/verify/")` for each
// language: the same `keep` and `answer`, the same caches, nothing fetched anew. It then unregisters the narrow
// registrations, which otherwise stay nearer to their page than its own.

/** Keeping one language's checking page: `keep()` fetches it anew, `answer(request)` gives what is kept, or undefined. */
self.keepingVerification = (home) => {
  const KEPT = `verify-1 ${home}`;
  const LISTS = "/api/credentials/";
  const NAMED = /<(?:link|script)\b[^>]*?\s(?:href|src)="([^"]+)"|\sdata-(?:keys|status)="([^"]+)"/g;
  const address = (url) => new URL(url, self.location.origin);

  const fetchWhole = async (url, how) => {
    const response = await fetch(url, how);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response;
  };

  const kept = async (url) => (await caches.open(KEPT)).match(url, { ignoreVary: true });

  /** Everything the page names is kept before the page itself: one that is kept is whole. Old files go afterwards. */
  const keep = async () => {
    const anew = { cache: "no-cache", credentials: "omit" };
    const page = await fetchWhole(home, anew);
    const html = await page.clone().text();
    const named = [...html.matchAll(NAMED)].map(([, file, list]) => address(file ?? list));
    const ours = named.filter((url) => url.origin === self.location.origin);
    const cache = await caches.open(KEPT);
    const put = async (url) =>
      cache.put(url, await fetchWhole(url, url.pathname.startsWith(LISTS) ? anew : { credentials: "omit" }));
    await Promise.all(ours.map(put));
    await cache.put(home, page);
    const wanted = new Set([address(home).href, ...ours.map((url) => url.href)]);
    const old = (await cache.keys()).filter((request) => !wanted.has(request.url));
    await Promise.all(old.map((request) => cache.delete(request)));
  };

  /** A list is asked of the school, and kept; with `force-cache` what is kept comes first, of whatever age. */
  const list = async (request) => {
    const found = request.cache === "force-cache" ? await kept(request.url) : undefined;
    if (found) return found;
    const response = await fetch(request);
    if (response.ok) await (await caches.open(KEPT)).put(request.url, response.clone());
    return response;
  };

  /** The page itself comes from what is kept; with a typed code it is the school that answers, while there is network. */
  const page = async (request) => {
    const isPlain = !address(request.url).search;
    const found = isPlain ? await kept(home) : undefined;
    return found ?? fetch(request).catch(async (problem) => (await kept(home)) ?? Promise.reject(problem));
  };

  const answer = (request) => {
    const url = address(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return undefined;
    if (request.mode === "navigate") return url.pathname === home ? page(request) : undefined;
    if (url.pathname.startsWith(LISTS)) return list(request);
    return kept(request.url).then((found) => found ?? fetch(request));
  };

  return { keep, answer };
};

const scope = new URL(self.registration.scope).pathname;
if (scope.endsWith("/verify/")) {
  const { keep, answer } = self.keepingVerification(scope);
  self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("fetch", (event) => {
    const answered = answer(event.request);
    if (!answered) return;
    event.respondWith(answered);
    if (event.request.mode === "navigate") event.waitUntil(answered.then(keep).catch(() => undefined));
  });
}
