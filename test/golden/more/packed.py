"""The golden values of packed sequences through recurrent layers."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import Golden

g = Golden(6)
LENGTHS = {"sorted": [4, 3, 1], "unsorted": [2, 4, 1], "short": [2, 3, 3]}


def add(kind, lengths, options, with_states=False):
    make = lambda: getattr(nn, kind)(3, 2, **options)
    module = make()
    names = list(module.state_dict())
    layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    count = (2 if kind == "LSTM" else 1) if with_states else 0
    states = [g.randn(layers, 3, 2) for _ in range(count)]

    def run(x, *tensors):
        own = make()
        for name, tensor in zip(names, tensors[count:]):
            delattr(own, name)
            setattr(own, name, tensor)
        own._flat_weights = list(tensors[count:])
        hx = None if count == 0 else tensors[0] if count == 1 else tuple(tensors[:2])
        packed = pack_padded_sequence(x, LENGTHS[lengths], options.get("batch_first", False), lengths == "sorted")
        y, last = own(packed, hx)
        padded, _ = pad_packed_sequence(y, options.get("batch_first", False))
        return [padded, y.data, *(last if isinstance(last, tuple) else [last])]

    shape = (3, 4, 3) if options.get("batch_first") else (4, 3, 3)
    weights = [w.detach() for w in module.state_dict().values()]
    camel = {"num_layers": "numLayers", "batch_first": "batchFirst", "proj_size": "projSize"}
    settings = {"kind": kind, "lengths": LENGTHS[lengths], "names": names, "states": count,
                "sorted": lengths == "sorted", "options": {camel.get(k, k): v for k, v in options.items()}}
    g.add(f"{kind} {lengths} {options} {count} states", "packed", [g.randn(*shape), *states, *weights], run, settings)


torch.manual_seed(0)
for kind in ("RNN", "LSTM", "GRU"):
    add(kind, "sorted", {})
    add(kind, "unsorted", {"bidirectional": True, "num_layers": 2}, True)
    add(kind, "short", {"batch_first": True}, True)
g.write("packed")
