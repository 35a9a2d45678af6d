"""definitions.md, Adam's temperature, with torch.optim.Adam in float64: main(OUTPUT.json).

The logits are those of references.md, Congruential logits, times a factor: the optimum lies far above,
below and near the start. Early stopping: after 10 steps in a row without a new lowest NLL; T is the one with the lowest.
"""

import json
import pathlib
import sys

import torch

STEPS = [1, 2, 3, 10, 100, 300, 1000, 5000]


def congruential():
    state = 12345

    def value():
        nonlocal state
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        return (state >> 16) & 0x7FFF

    rows, labels = [], []
    for _ in range(1000):
        row = [value() / 32768 * 12 - 6 for _ in range(5)]
        label = value() % 5
        if value() % 100 < 70:
            row[label] += 2.5
        rows.append(row)
        labels.append(label)
    return torch.tensor(rows, dtype=torch.float32).double(), torch.tensor(labels)


def trace(logits, labels, learning_rate=1e-3, max_steps=100000, patience=10):
    temperature = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([temperature], lr=learning_rate)
    loss = torch.nn.functional.cross_entropy(logits / temperature, labels)
    best, best_temperature, stale, steps, early = loss.item(), 1.0, 0, 0, {}
    while steps < max_steps and stale < patience:
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps += 1
        loss = torch.nn.functional.cross_entropy(logits / temperature, labels)
        if loss.item() < best:
            best, best_temperature, stale = loss.item(), temperature.item(), 0
        else:
            stale += 1
        if steps in STEPS:
            early[str(steps)] = temperature.item()
    return {"temperature": best_temperature, "nll": best, "steps": steps, "early": early}


def main(output):
    torch.set_num_threads(1)
    logits, labels = congruential()
    cases = [{"factor": factor, **trace(logits.float().mul(factor).double(), labels)} for factor in (1, 0.125, 0.15625)]
    pathlib.Path(output).write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
