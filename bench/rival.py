"""PyTorch beside Nabla: answers requests of bench/rivals.ts, a line of JSON for each.

It says first which BLAS it has loaded and how many threads it uses. A request names a case and its
sizes; the answer holds the milliseconds of one run, as the mean of so many as take `budget`
milliseconds, and after the first request of a case a number that Nabla must get too.
"""

import json
import re
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def blas():
    """The file of the BLAS that is loaded, or what PyTorch says where the system does not tell."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    try:
        with open("/proc/self/maps") as maps:
            files = set(re.findall(r"/\S*(?:blas|mkl|blis)\S*", maps.read()))
    except OSError:
        files = set()
    for known in ("openblas", "mkl", "blis", "blas"):
        for file in sorted(files):
            if known in file.rsplit("/", 1)[-1]:
                return file
    found = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return found.group(1) if found else "unknown"


def spread(k, shape, scale=1.0):
    """The numbers that `spread` of bench/cases.ts makes."""
    count = 1
    for extent in shape:
        count *= extent
    place = torch.arange(count, dtype=torch.int64)
    mixed = ((place + 1 + 7919 * k) * 2654435761) & 0xFFFFFFFF
    return ((mixed.double() / 2**32 - 0.5) * 2 * scale).float().reshape(shape)


def classes(k, shape, count):
    return ((spread(k, shape) + 1) / 2 * count).long().clamp(0, count - 1)


def begin(model):
    """Gives all parameters the values that Nabla's have."""
    with torch.no_grad():
        for k, (name, parameter) in enumerate(model.named_parameters()):
            if parameter.dim() >= 2:
                fan = parameter.numel() // parameter.shape[0]
                parameter.copy_(spread(k, parameter.shape, fan**-0.5))
            else:
                parameter.fill_(0.0 if "bias" in name else 1.0)
    return model


def trainer(loss_of, optimizer, clip=lambda: None):
    def run():
        loss = loss_of()
        loss.backward()
        clip()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    return run


def adam(model, x, y, pick=lambda out: out):
    begin(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    return trainer(lambda: F.cross_entropy(pick(model(x)), y), optimizer)


def mlp(batch=64, sizes=(784, 256, 128, 10)):
    layers = []
    for at in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[at], sizes[at + 1]), nn.ReLU()]
    x, y = spread(101, (batch, sizes[0])), classes(102, (batch,), sizes[-1])
    return adam(nn.Sequential(*layers[:-1]), x, y)


def cnn(batch=32):
    model = nn.Sequential(
        *[nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Linear(32 * 7 * 7, 10)],
    )
    return adam(model, spread(101, (batch, 1, 28, 28)), classes(102, (batch,), 10))


class Reader(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer, self.head = nn.LSTM(width, width, batch_first=True), nn.Linear(width, 10)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


def lstm(width=128, batch=32, steps=64):
    return adam(Reader(width), spread(101, (batch, steps, width)), classes(102, (batch,), 10))


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, None, 1e-5)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.before = Norm(width)
        self.project = nn.Linear(width, 3 * width, bias=False)
        self.join = nn.Linear(width, width, bias=False)
        self.between = Norm(width)
        self.widen = nn.Linear(width, 4 * width, bias=False)
        self.narrow = nn.Linear(4 * width, width, bias=False)

    def attend(self, x):
        n, t, c = x.shape
        parts = self.project(x).chunk(3, -1)
        q, k, v = (part.view(n, t, self.heads, -1).transpose(1, 2) for part in parts)
        seen = torch.ones(t, t, dtype=torch.bool).tril()
        scores = (q @ k.transpose(-2, -1)) * (c // self.heads) ** -0.5
        weights = scores.masked_fill(~seen, float("-inf")).softmax(-1)
        return self.join((weights @ v).transpose(1, 2).reshape(n, t, c))

    def forward(self, x):
        x = x + self.attend(self.before(x))
        return x + self.narrow(F.gelu(self.widen(self.between(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary, block, layers, heads, width):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(block, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.after = Norm(width)

    def forward(self, index):
        x = self.tokens(index) + self.places(torch.arange(index.shape[1]))
        return F.linear(self.after(self.blocks(x)), self.tokens.weight)


def gpt(vocabulary=65, block=64, layers=4, heads=4, width=128, batch=12):
    model = begin(GPT(vocabulary, block, layers, heads, width))
    parameters = list(model.parameters())
    x, y = (classes(k, (batch, block), vocabulary) for k in (101, 102))
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99))
    loss = lambda: F.cross_entropy(model(x).view(-1, vocabulary), y.view(-1))
    return trainer(loss, optimizer, lambda: nn.utils.clip_grad_norm_(parameters, 1.0))


def product(batch, m, k, n):
    a, b = spread(101, (batch, m, k)), spread(102, (batch, k, n))
    if batch == 1:
        a, b = a[0], b[0]
    return lambda: torch.matmul(a, b)


def fused(x):
    for _ in range(2):
        x = torch.maximum(((x + 1.5) * 0.25 + x) * 0.5, x)
    return x


def elementwise(name, count):
    x = spread(101, (count // 1000, 1000), 4)
    return {
        "exp": lambda: x.exp(),
        "tanh": lambda: x.tanh(),
        "gelu": lambda: F.gelu(x),
        "softmax": lambda: x.softmax(-1),
        "layer norm": lambda: F.layer_norm(x, (1000,)),
        "sum": lambda: x.sum(),
        "randn": lambda: torch.randn(count),
        "fused": lambda: fused(x),
        "copy": lambda: x.clone(),
    }[name]


CASES = {f.__name__: f for f in (mlp, cnn, lstm, gpt, product, elementwise)}


def number(value):
    return value if isinstance(value, float) else value.reshape(-1)[:1000].double().mean().item()


def measure(run, budget):
    count, start = 0, time.perf_counter()
    while True:
        run()
        count += 1
        spent = (time.perf_counter() - start) * 1e3
        if spent >= budget:
            return spent / count


def main():
    version, threads = torch.__version__, torch.get_num_threads()
    print(json.dumps({"version": version, "blas": blas(), "threads": threads}), flush=True)
    made = {}
    for line in sys.stdin:
        request = json.loads(line)
        name, sizes = request["case"], request["sizes"]
        key, answer = json.dumps([name, sizes]), {}
        if key not in made:
            made.clear()
            run = made[key] = CASES[name](**sizes)
            values = [number(run()) for _ in range(3)]
            answer["check"] = values[-1]
        answer["ms"] = measure(made[key], request["budget"])
        print(json.dumps(answer), flush=True)


main()
