// Folds reviews by ts-fsrs: node fold.cjs < histories. A line is a JSON list of [days since the last review, right], and
// is answered by one list: after each review [stability, difficulty, recall that was expected before it, days until due].
"use strict";
const { fsrs, generatorParameters, createEmptyCard, default_w, Rating } = require("ts-fsrs");

const scheduler = fsrs(
  generatorParameters({ request_retention: 0.9, enable_fuzz: false, learning_steps: [], relearning_steps: [], w: default_w }),
);
const DAY = 86400000;

function fold(reviews) {
  let at = Date.UTC(2026, 0, 1);
  let card = createEmptyCard(new Date(at));
  return reviews.map(([days, right], place) => {
    at += days * DAY;
    const expected = place === 0 ? 0 : scheduler.forgetting_curve(days, card.stability);
    card = scheduler.next(card, new Date(at), right ? Rating.Good : Rating.Again).card;
    // The formula's interval. The scheduler's own is a day more where an answer called hard would have had the same.
    return [card.stability, card.difficulty, expected, scheduler.next_interval(card.stability, 0)];
  });
}

const lines = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(lines.map((line) => JSON.stringify(fold(JSON.parse(line)))).join("\n") + "\n");
