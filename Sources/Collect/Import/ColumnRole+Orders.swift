extension ColumnRole {
    static let orderTimes: [ColumnRole] = [.createdAt, .paidAt, .shippedAt, .completedAt, .cancelledAt, .refundedAt]
    /// Roles that only a table of orders has.
    static let ofOrders: [ColumnRole] = [.status, .paid, .refunded] + orderTimes + [.quantity]

    /// What a column of a table of orders is by its name; nil where the name says nothing that only such tables have.
    static func ofOrders(_ name: String) -> ColumnRole? {
        let plain = normal(name)
        return orderNames.first { $0.words.contains(plain) }?.role
    }

    private static let orderNames: [(role: ColumnRole, words: Set<String>)] = [
        (.status, ["status", "orderstatus", "state", "orderstate", "订单状态", "状态", "交易状态"]),
        (.amount, ["amount", "orderamount", "total", "totalamount", "应付金额", "订单应付金额", "订单金额", "订单总额"]),
        (
            .paid,
            [
                "paid", "paidamount", "payamount", "payment", "实付金额", "支付金额", "付款金额", "实付", "实收",
                "买家实付",
            ]
        ),
        (.refunded, ["refunded", "refund", "refundamount", "refundedamount", "退款金额", "退款", "已退金额"]),
        (
            .createdAt,
            ["createdat", "createtime", "ordertime", "orderdate", "下单时间", "创建时间", "订单创建时间", "订单时间"]
        ),
        (.paidAt, ["paidat", "paytime", "paymenttime", "支付时间", "付款时间", "订单付款时间", "订单支付时间"]),
        (.shippedAt, ["shippedat", "shiptime", "deliverytime", "发货时间"]),
        (.completedAt, ["completedat", "finishtime", "finishedat", "completetime", "完成时间", "确认收货时间", "成交时间"]),
        (.cancelledAt, ["cancelledat", "canceledat", "canceltime", "closetime", "取消时间", "关闭时间"]),
        (.refundedAt, ["refundedat", "refundtime", "退款时间"]),
        (.quantity, ["quantity", "qty", "num", "count", "数量", "商品数量", "件数"]),
    ]
}
