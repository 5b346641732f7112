"""nanoGPT's model and training loop on a CPU, without what needs a newer PyTorch or a GPU.

Usage: nanogpt.py TEXT FOLDER ITERATIONS [EVAL_ITERS]
Writes FOLDER/init.safetensors (the initial weights), batches.bin (int32, [iterations, 12, 65]) and
losses.json: the loss of each iteration, the validation losses, and how long it took.
"""
import json, math, struct, sys, time
import numpy as np
import torch
import torch.nn as nn
from torch.nn import functional as F

BATCH, BLOCK, LAYERS, HEADS, WIDTH = 12, 64, 4, 4, 128
LR, MIN_LR, WARMUP, DECAY_ITERS = 1e-3, 1e-4, 100, 2000


class LayerNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, None, 1e-5)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_attn = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.c_proj = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(WIDTH, dim=2)
        q, k, v = (y.view(B, T, HEADS, C // HEADS).transpose(1, 2) for y in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        mask = torch.tril(torch.ones(T, T)).view(1, 1, T, T)
        y = F.softmax(scores.masked_fill(mask == 0, float("-inf")), dim=-1) @ v
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_fc = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.c_proj = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.attn, self.ln_2, self.mlp = LayerNorm(WIDTH), Attention(), LayerNorm(WIDTH), MLP()

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(vocab, WIDTH), wpe=nn.Embedding(BLOCK, WIDTH),
            h=nn.ModuleList([Block() for _ in range(LAYERS)]), ln_f=LayerNorm(WIDTH)))
        self.lm_head = nn.Linear(WIDTH, vocab, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        for name, p in self.named_parameters():
            if p.dim() < 2:
                continue
            std = 0.02 / math.sqrt(2 * LAYERS) if name.endswith("c_proj.weight") else 0.02
            nn.init.normal_(p, mean=0.0, std=std)

    def forward(self, idx, targets):
        x = self.transformer.wte(idx) + self.transformer.wpe(torch.arange(idx.size(1)))
        for block in self.transformer.h:
            x = block(x)
        logits = self.lm_head(self.transformer.ln_f(x))
        return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))


def rate(it):
    if it < WARMUP:
        return LR * (it + 1) / (WARMUP + 1)
    if it > DECAY_ITERS:
        return MIN_LR
    ratio = (it - WARMUP) / (DECAY_ITERS - WARMUP)
    return MIN_LR + 0.5 * (1.0 + math.cos(math.pi * ratio)) * (LR - MIN_LR)


def save(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().numpy().astype("<f4").tobytes()
        header[name] = dict(dtype="F32", shape=list(tensor.shape), data_offsets=[len(data), len(data) + len(raw)])
        data += raw
    head = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + data)


text = open(sys.argv[1], encoding="utf-8").read()
folder, iterations = sys.argv[2], int(sys.argv[3])
eval_iters = int(sys.argv[4]) if len(sys.argv) > 4 else 0
torch.manual_seed(1337)
chars = sorted(set(text))
code = {c: i for i, c in enumerate(chars)}
data = np.array([code[c] for c in text], dtype=np.int32)
train, held = data[: int(len(data) * 0.9)], data[int(len(data) * 0.9):]
model = GPT(len(chars))
save(folder + "/init.safetensors", dict(model.named_parameters()))
params = list(model.parameters())
optimizer = torch.optim.AdamW(
    [dict(params=[p for p in params if p.dim() >= 2], weight_decay=0.1),
     dict(params=[p for p in params if p.dim() < 2], weight_decay=0.0)], lr=LR, betas=(0.9, 0.99))


def batch(source):
    at = torch.randint(len(source) - BLOCK, (BATCH,)).numpy()
    return np.stack([source[i: i + BLOCK + 1] for i in at])


def evaluate():
    model.eval()
    with torch.no_grad():
        losses = []
        for _ in range(eval_iters):
            rows = torch.from_numpy(batch(held).astype(np.int64))
            losses.append(model(rows[:, :-1], rows[:, 1:]).item())
    model.train()
    return sum(losses) / len(losses)


losses, evaluations, batches, seconds = [], [], [], 0.0
for it in range(iterations):
    for group in optimizer.param_groups:
        group["lr"] = rate(it)
    if eval_iters and it % 250 == 0:
        evaluations.append([it, evaluate()])
    rows = batch(train)
    batches.append(rows)
    start = time.perf_counter()
    rows = torch.from_numpy(rows.astype(np.int64))
    loss = model(rows[:, :-1], rows[:, 1:])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    seconds += time.perf_counter() - start
    losses.append(loss.item())
if eval_iters:
    evaluations.append([iterations, evaluate()])
np.stack(batches).astype("<i4").tofile(folder + "/batches.bin")
json.dump(dict(losses=losses, evaluations=evaluations, seconds=seconds), open(folder + "/losses.json", "w"))
