"""The golden values of embeddings with max_norm: rows, the weight afterwards, gradients."""
import torch
from torch import nn

from golden import Golden

g = Golden(5)


def add(op, index, make, settings, offsets=None):
    module = make()
    weight = g.randn(module.num_embeddings, module.embedding_dim) * 2

    run = lambda weight, *rest: Carry.apply(weight, module, *rest)
    g.add(f"{op} {settings}", op, [weight, index, *([] if offsets is None else [offsets])], run, settings, wrt=[0])


class Carry(torch.autograd.Function):
    """The weight is changed in place; its gradient is carried over to the leaf that was given."""

    @staticmethod
    def forward(ctx, weight, module, *rest):
        module.weight.data.copy_(weight)
        with torch.enable_grad():
            ctx.y = module(*rest)
        ctx.module = module
        after = module.weight.detach().clone()
        ctx.mark_non_differentiable(after)
        return ctx.y.detach().clone(), after

    @staticmethod
    def backward(ctx, cotangent, _):
        (grad,) = torch.autograd.grad(ctx.y, ctx.module.weight, cotangent)
        return (grad, *[None] * (len(ctx.needs_input_grad) - 1))


index = torch.tensor([[4, 0, 2], [2, 2, 1]])
for options in ({"max_norm": 1.5}, {"max_norm": 1.0, "norm_type": 1.0}, {"max_norm": 0.5, "norm_type": 3.0, "padding_idx": 2},
                {"max_norm": 2.0, "norm_type": float("inf")}, {"max_norm": 0.0}):
    spelled = {k: "Infinity" if v == float("inf") else v for k, v in options.items()}
    add("Embedding", index, lambda: nn.Embedding(5, 3, **options), spelled)
for mode in ("sum", "mean", "max"):
    options = {"max_norm": 1.2, "mode": mode}
    add("EmbeddingBag", index, lambda: nn.EmbeddingBag(5, 3, **options), options)
add("EmbeddingBag", index.flatten(), lambda: nn.EmbeddingBag(5, 3, max_norm=1.2, mode="sum"), {"max_norm": 1.2, "mode": "sum"},
    torch.tensor([0, 2, 5]))
g.write("embedding")
