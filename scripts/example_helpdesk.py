#!/usr/bin/env python3
"""Writes examples/helpdesk.jsonl: invented requests to a help desk, and what four
invented models made of them. Which model is right depends in part on what is asked.

    python3 scripts/example_helpdesk.py > examples/helpdesk.jsonl
"""
import json
import random

rng = random.Random(20261125)
TOPICS = {
    "billing": (["invoice", "refund", "charge", "receipt", "discount"], ["was billed twice", "shows the wrong amount", "never arrived by mail", "has no tax number"], "account team"),
    "delivery": (["parcel", "order", "courier", "package", "shipment"], ["is three days late", "went to the wrong door", "was left in the rain", "cannot be tracked"], "carrier"),
    "devices": (["router", "screen", "battery", "printer", "headset"], ["does not start", "gets far too hot", "loses its connection", "makes a strange noise"], "repair"),
}
OPENINGS = ["Hello,", "Please help:", "Again:", "Since Monday", "For the second time", "I do not understand why", "My colleague says that"]
CLOSINGS = ["What now?", "Who can look at it?", "Please answer today.", "This is urgent.", "Thank you.", "I have waited long enough."]
ANSWERS = ["account team", "carrier", "repair", "close", "ask back"]
SKILL = {  # by topic, before difficulty
    "small": {"billing": 0.75, "delivery": 0.60, "devices": 0.45},
    "clerk": {"billing": 0.93, "delivery": 0.70, "devices": 0.45},
    "bench": {"billing": 0.50, "delivery": 0.65, "devices": 0.92},
    "large": {"billing": 0.80, "delivery": 0.85, "devices": 0.78},
}
PRICE = {"small": 0.0002, "clerk": 0.001, "bench": 0.001, "large": 0.01}

for q in range(180):
    topic = rng.choice(list(TOPICS))
    things, troubles, right = TOPICS[topic]
    prompt = f"{rng.choice(OPENINGS)} my {rng.choice(things)} {rng.choice(troubles)}. {rng.choice(CLOSINGS)}"
    reference = right if rng.random() < 0.7 else rng.choice(["close", "ask back"])
    hard = rng.random() < 0.15
    for model, skill in SKILL.items():
        p = skill[topic] * (0.3 if hard else 1.1)
        lure = rng.choice([a for a in ANSWERS if a != reference])
        for attempt in range(5 if model == "small" else 1):
            answer = reference
            if rng.random() >= p:
                answer = lure if rng.random() < 0.4 else rng.choice([a for a in ANSWERS if a != reference])
            record = {"query": f"q{q + 1:03d}", "model": model}
            if attempt:
                record["attempt"] = attempt
            record["verdict"] = "right" if answer == reference else "wrong"
            record["answer"] = answer
            if attempt == 0 and model == "small":
                record["prompt"] = prompt
            record["cost_usd"] = round(PRICE[model] * rng.uniform(0.7, 1.3), 6)
            if attempt == 0:
                record["slices"] = {"topic": topic}
            print(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
