"""The Factored ConvNet of Charles et al., BMVC 2017, and what it is compared with."""
