"""The steps of core.bench.ts in PyTorch, on one thread: python3 bench/core.py cnn|lstm|gpt."""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.manual_seed(1)


def cnn():
    model = nn.Sequential(
        *[nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Linear(32 * 7 * 7, 10)],
    )
    x, y = torch.randn(32, 1, 28, 28), torch.randint(0, 10, (32,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    return optimizer, lambda: F.cross_entropy(model(x), y), lambda: None


def lstm():
    layer, head = nn.LSTM(128, 128, batch_first=True), nn.Linear(128, 10)
    x, y = torch.randn(32, 64, 128), torch.randint(0, 10, (32,))
    optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=1e-3)
    return optimizer, lambda: F.cross_entropy(head(layer(x)[0][:, -1]), y), lambda: None


VOCABULARY, BLOCK, LAYERS, HEADS, WIDTH, BATCH = 65, 64, 4, 4, 128, 12


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return F.layer_norm(x, (WIDTH,), self.weight, None, 1e-5)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = Norm(), Norm()
        self.project = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.join = nn.Linear(WIDTH, WIDTH, bias=False)
        self.widen = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH, bias=False)
        self.register_buffer("seen", torch.tril(torch.ones(BLOCK, BLOCK)) == 1)

    def attend(self, x):
        n, t, c = x.shape
        q, k, v = (part.view(n, t, HEADS, -1).transpose(1, 2) for part in self.project(x).chunk(3, -1))
        scores = (q @ k.transpose(-2, -1)) * (c // HEADS) ** -0.5
        weights = scores.masked_fill(~self.seen, float("-inf")).softmax(-1)
        return self.join((weights @ v).transpose(1, 2).reshape(n, t, c))

    def forward(self, x):
        x = x + self.attend(self.before(x))
        return x + self.narrow(F.gelu(self.widen(self.between(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(BLOCK, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.after = Norm()
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, index):
        x = self.tokens(index) + self.places(torch.arange(index.shape[1]))
        return F.linear(self.after(self.blocks(x)), self.tokens.weight)


def gpt():
    model = GPT()
    parameters = list(model.parameters())
    x, y = (torch.randint(0, VOCABULARY, (BATCH, BLOCK)) for _ in range(2))
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99))
    loss = lambda: F.cross_entropy(model(x).view(-1, VOCABULARY), y.view(-1))
    return optimizer, loss, lambda: nn.utils.clip_grad_norm_(parameters, 1.0)


def main():
    optimizer, loss, clip = {"cnn": cnn, "lstm": lstm, "gpt": gpt}[sys.argv[1]]()
    times = []
    for _ in range(3 + 15):
        start = time.perf_counter()
        value = loss()
        value.backward()
        clip()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        value.item()
        times.append((time.perf_counter() - start) * 1e3)
    print(statistics.median(times[3:]))


main()
