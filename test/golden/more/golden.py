"""
What the generators beside this file share: cases {name, op, settings, inputs, outputs, cotangents, grads},
computed by PyTorch 1.13.1 in float64. Run one here, with a Python that has torch; format with prettier.
"""
import json
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)


def number(x):
    if isinstance(x, bool) or isinstance(x, int):
        return x
    if x != x:
        return "NaN"
    if x in (float("inf"), float("-inf")):
        return "Infinity" if x > 0 else "-Infinity"
    return x


def spell(t):
    names = {torch.float64: "float64", torch.float32: "float32", torch.bool: "bool"}
    dtype = names.get(t.dtype, "int32")
    return {"shape": list(t.shape), "dtype": dtype, "data": [number(x) for x in t.detach().flatten().tolist()]}


def as_list(x):
    return list(x) if isinstance(x, (tuple, list)) else [x]


class Golden:
    """Collects cases; cotangents are drawn, gradients are those of sum(output * cotangent)."""

    def __init__(self, seed=1):
        self.cases = []
        self.random = torch.Generator().manual_seed(seed)

    def rand(self, *shape):
        return torch.rand(*shape, generator=self.random)

    def randn(self, *shape):
        return torch.randn(*shape, generator=self.random)

    def add(self, name, op, inputs, run, settings=None, wrt=None):
        """`wrt` lists the inputs that are differentiated: all floats unless given."""
        wanted = [i for i, x in enumerate(inputs) if x.is_floating_point() and (wrt is None or i in wrt)]
        leaves = [x.detach().clone().requires_grad_(i in wanted) for i, x in enumerate(inputs)]
        outputs = as_list(run(*leaves))
        smooth = [o for o in outputs if o.requires_grad]
        cotangents = [self.randn(o.shape) if o.requires_grad else None for o in outputs]
        grads = [None] * len(inputs)
        if smooth and wanted:
            total = sum((o * c).sum() for o, c in zip(outputs, cotangents) if c is not None)
            total.backward()
            grads = [spell(x.grad) if i in wanted and x.grad is not None else None for i, x in enumerate(leaves)]
        self.cases.append({
            "name": name,
            "op": op,
            "settings": settings or {},
            "inputs": [spell(x) for x in inputs],
            "outputs": [spell(o) for o in outputs],
            "cotangents": [None if c is None else spell(c) for c in cotangents],
            "grads": grads,
        })

    def write(self, name):
        path = Path(__file__).parent / f"{name}.json"
        path.write_text(json.dumps({"torch": torch.__version__.split("+")[0], "cases": self.cases}) + "\n")
        print(f"{path.name}: {len(self.cases)} cases, {path.stat().st_size} bytes")
