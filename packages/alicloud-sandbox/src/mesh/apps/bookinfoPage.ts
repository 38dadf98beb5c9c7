import type { Part } from './bookinfo';

const STYLE = `body{font-family:system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1f2937}
nav{background:#1f2937;color:#fff;padding:1rem;margin:-1rem -1rem 1rem}nav a{color:#d1d5db;margin-left:1rem}
table{border-collapse:collapse}td,th{padding:.3rem 1rem .3rem 0;text-align:left}
section{display:inline-block;vertical-align:top;width:45%;padding-right:3%}.error{color:#b91c1c}
.black-stars{color:#111827}.red-stars{color:#b91c1c}.served{color:#4b5563;font-family:monospace}`;

/** The front page: which services there are. */
export function indexPage(): string {
  return page(
    '<h1>Hello! This is a simple bookstore application consisting of three services as shown below</h1>' +
      '<table><tr><th>name</th><th>children</th></tr>' +
      '<tr><td>http://productpage:9080</td><td>http://details:9080, http://reviews:9080</td></tr>' +
      '<tr><td>http://reviews:9080</td><td>http://ratings:9080</td></tr></table>' +
      '<p><a href="/productpage?u=normal">Normal user</a> <a href="/productpage?u=test">Test user</a></p>',
  );
}

/**
 * The product page. Like upstream it answers 200 whatever its parts did, prints one `full stars` comment for each
 * review that has a rating (the guide counts them), and names the pod and cluster that served the reviews.
 */
export function productPage(
  product: { title: string; descriptionHtml: string },
  details: Part,
  reviews: Part,
  user: string | undefined,
): string {
  return page(
    `<h1>${product.title}</h1>\n<p>Summary: ${product.descriptionHtml}</p>\n` +
      `${detailsBlock(details)}\n${reviewsBlock(reviews)}`,
    user,
  );
}

function detailsBlock({ status, body }: Part): string {
  if (status !== 200) {
    return `<h4 class="error">Error fetching product details!</h4>\n<p>${escape(
      body.error,
    )}</p>`;
  }
  const rows = [
    ['Type', body.type],
    ['Pages', body.pages],
    ['Publisher', body.publisher],
    ['Language', body.language],
    ['ISBN-10', body['ISBN-10']],
    ['ISBN-13', body['ISBN-13']],
  ].map(
    ([name, value]) => `<tr><th>${name}</th><td>${escape(value)}</td></tr>`,
  );
  return `<h4>Book Details</h4>\n<table>\n${rows.join('\n')}\n</table>`;
}

function reviewsBlock({ status, body }: Part): string {
  if (status !== 200) {
    return `<h4 class="error">Error fetching product reviews!</h4>\n<p>${escape(
      body.error,
    )}</p>`;
  }
  const served = `<div class="served">Reviews served by: ${escape(
    body.podname,
  )}${
    body.clustername === 'null'
      ? ''
      : ` on cluster <span>${escape(body.clustername)}</span>`
  }</div>`;
  const sections = body.reviews.map(
    (review: any) =>
      `<section>\n<blockquote>\n<p>${escape(review.text)}</p>\n<small>${escape(
        review.reviewer,
      )}</small>\n${ratingBlock(
        review.rating,
      )}</blockquote>\n${served}\n</section>`,
  );
  return `<h4>Book Reviews</h4>\n${sections.join('\n')}`;
}

function ratingBlock(rating: any): string {
  if (!rating) {
    return '';
  }
  if (!rating.stars) {
    return `<p><i>${escape(rating.error)}</i></p>\n`;
  }
  const star = (kind: string) => `<span class="glyphicon ${kind}"></span>`;
  const full = star('glyphicon-star').repeat(rating.stars);
  const empty = star('glyphicon-star-empty').repeat(5 - rating.stars);
  const color = escape(rating.color);
  return `<font color="${color}" class="${color}-stars" title="${rating.stars} of 5">
<!-- full stars: -->
${full}
<!-- empty stars: -->
${empty}
</font>
`;
}

function page(content: string, user?: string): string {
  const account = user
    ? `<span>${escape(user)}</span> <a href="/logout">Sign out</a>`
    : '<form method="post" action="/login" style="display:inline"><input name="username" aria-label="Username" required> <button>Sign in</button></form>';
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>Simple Bookstore App</title>
<style>${STYLE}
.glyphicon-star::before{content:"\\2605"}.glyphicon-star-empty::before{content:"\\2606"}</style>
</head>
<body>
<nav>BookInfo Sample ${account}</nav>
${content}
</body>
</html>
`;
}

function escape(value: unknown): string {
  return String(value ?? '').replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}
