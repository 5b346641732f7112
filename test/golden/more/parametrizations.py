"""
The golden values of nn.utils.parametrizations. PyTorch 1.13 has weight_norm under its older names, with
the same numbers: weight_g is original0 and weight_v original1.
"""
import torch
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

from golden import Golden

g = Golden(4)
LAYERS = {
    "Linear": (lambda: nn.Linear(4, 3), (5, 4)),
    "Conv2d": (lambda: nn.Conv2d(2, 3, 2), (1, 2, 4, 4)),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(2, 3, 2), (1, 2, 3, 3)),
}


def call(make, names, training):
    """Gradients must reach the inputs, so that the module's own tensors are replaced by them."""
    def run(x, *tensors):
        module = make().train(training)
        for name, tensor in zip(names, tensors):
            owner, _, field = name.rpartition(".")
            owner = module.get_submodule(owner)
            if field in owner._buffers:
                owner._buffers[field] = tensor.detach().clone()
            else:
                del owner._parameters[field]
                setattr(owner, field, tensor)
        y = module(x)
        return [y, *(b for name, b in module.named_buffers() if name.endswith(("_u", "_v")))]

    return run


def add(kind, op, make, new_names, settings, training):
    layer, shape = LAYERS[kind]
    torch.manual_seed(len(g.cases))
    module = make(layer())
    names = list(module.state_dict())
    tensors = list(module.state_dict().values())
    renamed = [new_names.get(name, name) for name in names]
    g.add(f"{op} {kind} {settings} {'train' if training else 'eval'}", op, [g.randn(*shape), *tensors],
          call(lambda: make(layer()), names, training),
          {"layer": kind, "names": renamed, "options": settings, "training": training},
          wrt=[0, *(i + 1 for i, name in enumerate(names) if not name.endswith(("_u", "_v")))])


OLD = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
for kind in LAYERS:
    for dim in (0, 1, None):
        add(kind, "weightNorm", lambda m: weight_norm(m, dim=dim), OLD, {"dim": dim}, True)
    for training in (True, False):
        add(kind, "spectralNorm", parametrizations.spectral_norm, {}, {}, training)
add("Linear", "spectralNorm", lambda m: parametrizations.spectral_norm(m, n_power_iterations=3, dim=1), {},
    {"nPowerIterations": 3, "dim": 1}, True)
g.write("parametrizations")
