"""The golden values of nabla/func: PyTorch 1.13 has the derivatives under torch.autograd.functional."""
import torch
from torch.autograd.functional import hessian, jacobian

from golden import Golden

g = Golden(7)


def loss(w, x, y):
    return ((x.matmul(w).tanh() - y) ** 2).mean()


def cube(w, x):
    return x.matmul(w).pow(3)


w, x, y = g.randn(3, 2), g.randn(5, 3), g.randn(5, 2)
g.add("grad", "grad", [w, x, y], lambda *t: torch.autograd.grad(loss(*t), t[0], create_graph=True))
g.add("per example", "perExample", [w, x, y], lambda *t: torch.stack(
    [torch.autograd.grad(loss(t[0], t[1][i], t[2][i]), t[0], create_graph=True)[0] for i in range(5)]))
g.add("jacrev", "jacrev", [w, x], lambda w, x: jacobian(lambda v: cube(v, x), w, create_graph=True))
g.add("jacrev of each", "jacobians", [w, x], lambda w, x: torch.stack(
    [jacobian(lambda v: cube(w, v), row, create_graph=True) for row in x]))
g.add("hessian", "hessian", [w, x, y], lambda w, x, y: hessian(lambda v: loss(v, x, y), w, create_graph=True))
g.add("vmap", "vmap", [g.randn(3, 4), g.randn(4, 2)],
      lambda a, b: torch.stack([torch.outer(a[:, i], b[i]).softmax(1) for i in range(4)], 2))
g.write("func")
