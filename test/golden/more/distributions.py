"""The golden values of nabla/distributions."""
import torch
import torch.distributions as d

from golden import Golden

g = Golden(1)
FAMILIES = {
    "Normal": (lambda p: d.Normal(*p), lambda s: [g.randn(s), g.rand(s) + 0.3]),
    "Uniform": (lambda p: d.Uniform(*p), lambda s: [-g.rand(s), g.rand(s) + 0.5]),
    "Exponential": (lambda p: d.Exponential(*p), lambda s: [g.rand(s) + 0.4]),
    "Bernoulli": (lambda p: d.Bernoulli(*p), lambda s: [g.rand(s)]),
    "Bernoulli logits": (lambda p: d.Bernoulli(logits=p[0]), lambda s: [g.randn(s) * 3]),
    "Categorical": (lambda p: d.Categorical(*p), lambda s: [g.rand(s + (4,)) + 0.1]),
    "Categorical logits": (lambda p: d.Categorical(logits=p[0]), lambda s: [g.randn(s + (4,)) * 2]),
    "Independent": (lambda p: d.Independent(d.Normal(*p), 1), lambda s: [g.randn(s), g.rand(s) + 0.3]),
}


def method(family, name):
    make, parameters = FAMILIES[family]
    p = parameters((2, 3))
    g.add(f"{family}.{name}", name, p, lambda *x: getattr(make(x), name), {"family": family},
          [] if name == "mode" else None)


def call(family, name, values, shape=(2, 3)):
    make, parameters = FAMILIES[family]
    run = lambda *x: getattr(make(x[:-1]), {"logProb": "log_prob"}.get(name, name))(x[-1])
    g.add(f"{family}.{name} {tuple(values.shape)}", name, [*parameters(shape), values], run, {"family": family})


for family in FAMILIES:
    for name in ("mean", "variance", "stddev", "mode"):
        if not family.startswith("Categorical"):
            method(family, name)
    make, parameters = FAMILIES[family]
    run = lambda *x, make=make: make(x).entropy()
    g.add(f"{family}.entropy", "entropy", parameters((2, 3)), run, {"family": family})
    values = {
        "Normal": g.randn(4, 2, 3), "Uniform": g.rand(4, 2, 3) * 0.5, "Exponential": g.rand(4, 2, 3),
        "Bernoulli": (g.rand(4, 2, 3) > 0.5).double(), "Categorical": torch.tensor([[0, 1, 3], [2, 2, 0]]),
        "Independent": g.randn(4, 2, 3),
    }[family.split()[0]]
    call(family, "logProb", values)
    if values.dim() == 3:
        call(family, "logProb", values[:, :1, :1] if family != "Independent" else values[:, :1])
for family in ("Normal", "Uniform", "Exponential"):
    call(family, "cdf", {"Normal": g.randn(2, 3) * 2}.get(family, g.rand(2, 3) * 0.5))
    call(family, "icdf", g.rand(4, 2, 3))
call("Normal", "icdf", torch.tensor([1e-3, 0.02425, 0.5, 0.97575, 0.9999]), (5,))
call("Categorical", "logProb", torch.tensor([[1], [3]]))

PAIRS = [("Normal", "Normal"), ("Bernoulli", "Bernoulli logits"), ("Categorical", "Categorical logits"),
         ("Uniform", "Normal"), ("Exponential", "Exponential"), ("Exponential", "Normal"),
         ("Independent", "Independent"), ("Normal", "Uniform"), ("Normal", "Exponential"),
         ("Exponential", "Uniform"), ("Uniform", "Exponential")]


def divergence(p, q, first, second, note=""):
    count = len(first)
    run = lambda *x: d.kl_divergence(FAMILIES[p][0](x[:count]), FAMILIES[q][0](x[count:]))
    g.add(f"KL {p} {q}{note}", "klDivergence", [*first, *second], run, {"family": p, "other": q, "first": count})


for p, q in PAIRS:
    divergence(p, q, FAMILIES[p][1]((2, 3)), FAMILIES[q][1]((2, 3)))
divergence("Normal", "Normal", [g.randn(2, 1), g.rand(2, 1) + 0.5], [g.randn(3), g.rand(3) + 0.5], " broadcast")
low, high = -g.rand(3), g.rand(3) + 1
divergence("Uniform", "Uniform", [low, high], [low - 0.5, high + 1])
divergence("Uniform", "Uniform", [low, high], [low + torch.tensor([-1.0, 0.1, -1]), high + 1], " outside")
divergence("Uniform", "Exponential", [torch.tensor([0.5, -0.5]), torch.tensor([1.0, 2])], [g.rand(2) + 0.5], " edge")
divergence("Bernoulli", "Bernoulli", [torch.tensor([0.0, 1, 0.3, 0.3, 0])], [torch.tensor([0.4, 0.4, 0, 1, 0])], " edge")
first, second = torch.tensor([[0.5, 0.5, 0], [0.2, 0, 0.8]]), torch.tensor([[0.5, 0.25, 0.25], [0, 0.5, 0.5]])
g.add("KL Categorical edge", "klDivergence", [first, second],
      lambda p, q: d.kl_divergence(d.Categorical(p), d.Categorical(q)),
      {"family": "Categorical", "other": "Categorical", "first": 1}, wrt=[])
g.write("distributions")
