"""The golden values of nn.functional.ctcLoss, of logits behind log_softmax."""
import torch

from golden import Golden

g = Golden(3)


def add(name, steps, rows, classes, targets, inner, outer, **options):
    x = g.randn(steps, rows, classes) * 2 if rows else g.randn(steps, classes)

    def run(x, targets):
        inputs, lengths = (torch.tensor(n) for n in (inner, outer))
        return torch.nn.functional.ctc_loss(x.log_softmax(-1), targets, inputs, lengths, **options)

    g.add(name, "ctcLoss", [x, torch.tensor(targets)], run, {"inner": inner, "outer": outer, "options": options})


ROWS = [[1, 2, 3, 2], [2, 2, 1, 0], [3, 1, 0, 0]]
for reduction in ("none", "mean", "sum"):
    add(f"padded {reduction}", 10, 3, 4, ROWS, [10, 7, 5], [4, 3, 2], reduction=reduction)
add("concatenated", 10, 3, 4, [1, 2, 3, 2, 2, 2, 1, 3, 1], [10, 7, 5], [4, 3, 2], reduction="none")
add("blank 2", 8, 2, 5, [[0, 0, 1], [3, 4, 4]], [8, 8], [3, 3], blank=2, reduction="none")
add("an empty target", 6, 2, 4, [[1, 2], [3, 3]], [6, 4], [0, 2], reduction="mean")
add("one row", 6, 0, 4, [1, 1, 2], 6, 3, reduction="none")
add("one way alone", 4, 1, 3, [[1, 1, 2]], [4], [3], reduction="none")
add("impossible, zero", 3, 2, 4, [[1, 1, 2], [1, 2, 0]], [3, 3], [3, 2], reduction="none", zero_infinity=True)
add("long", 60, 4, 6, [[1 + (3 * i + j * j) % 5 for j in range(12)] for i in range(4)], [60, 50, 40, 30], [12, 10, 8, 12])
g.write("ctc")
