"""The tools of the project: the model of the clause, its evidence, its trace, and what is made of them."""
