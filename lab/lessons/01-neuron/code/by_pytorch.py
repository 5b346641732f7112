import torch

neuron = lambda x, w, b: torch.relu(torch.tensor(x) * w + b)
print("one input:", f"{neuron(2.0, 1.5, -1).item():.1f}")
print("asleep:", f"{neuron(-2.0, 1.5, -1).item():.1f}")

marks = torch.tensor([8.0, 9.0])  # food, service
weights = torch.tensor([0.5, 0.4])
tip = torch.relu((weights * marks).sum() + 0)
print("tip:", f"{tip.item():.1f}", "%")
