print("quanyu")
