extension OrderClaim.Status {
    /// Reads a status as platforms write it, in Chinese or English; case, spaces, `_` and `-` do not matter. Nil for a
    /// word that is not known.
    public init?(word: String) {
        let plain = word.lowercased().filter { !" _-\t　".contains($0) }
        guard let status = Self.byWord[plain] else { return nil }
        self = status
    }

    /// Taobao and Tmall, JD, Douyin, Kuaishou, Pinduoduo, Xiaohongshu, WeChat; Shopify, WooCommerce, Shopee, Lazada.
    private static let words: [Self: [String]] = [
        .awaitingPayment: [
            "待付款", "等待买家付款", "待支付", "未付款", "未支付", "等待付款", "created", "pending", "unpaid",
            "pendingpayment", "awaitingpayment", "waitbuyerpay", "onhold",
        ],
        .paid: [
            "已支付", "已付款", "买家已付款", "待发货", "等待卖家发货", "买家已付款等待卖家发货", "备货中", "待出库",
            "支付成功", "已成团待发货", "paid", "processing", "unfulfilled", "readytoship", "waitsellersendgoods",
        ],
        .shipped: [
            "已发货", "卖家已发货", "待收货", "等待买家确认收货", "卖家已发货等待买家确认", "配送中", "运输中", "已出库",
            "已揽收", "部分发货", "shipped", "fulfilled", "intransit", "toconfirmreceive", "waitbuyerconfirmgoods",
        ],
        .completed: [
            "已完成", "交易成功", "已收货", "已签收", "完成", "订单完成", "待评价", "已评价", "completed", "complete",
            "delivered", "finished", "tradefinished", "closedsuccess",
        ],
        .cancelled: [
            "已取消", "已关闭", "交易关闭", "取消", "订单取消", "订单关闭", "锁定取消", "cancelled", "canceled", "closed",
            "voided", "expired", "failed", "tradeclosed", "tradeclosedbytaobao",
        ],
        .refunding: [
            "退款中", "售后中", "退款处理中", "待退款", "申请退款", "退货中", "退款申请中", "refunding", "refundpending",
            "returnrequested", "inrefund", "toreturn",
        ],
        .refunded: [
            "已退款", "退款成功", "退款完成", "全额退款", "已全额退款", "部分退款", "已部分退款", "refunded",
            "partiallyrefunded", "refundsuccess", "returned",
        ],
    ]

    private static let byWord: [String: Self] = Dictionary(
        words.flatMap { status, words in words.map { ($0, status) } }, uniquingKeysWith: { first, _ in first })
}
