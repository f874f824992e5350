"""Where a line of Chinese text may break: at the borders of words, never inside one. No database here."""

import re
from collections.abc import Iterable

from .unicode_ranges import HAN

#: Words of plans in general, beside those that a site has of its own: they are where its sentences come apart.
GENERAL_WORDS = frozenset(
    """机制 体制 体系 制度 系统 模式 标准 流程 平台 基地 项目 工程 规划 计划 方案 政策 政府 改革 改进 改善 改造 管理 治理 评价
    评估 考核 服务 保障 建设 建立 建成 构建 搭建 打造 设立 成立 创建 创新 创业 执业 研究 研发 探索 开发 推动 推进 推出 推行
    推广 促进 引导 引领 引进 鼓励 吸引 支持 争取 加快 加强 加大 深化 强化 完善 优化 健全 细化 整合 扩大 提高 提升 提供 提出
    拓展 拓宽 丰富 降低 实施 实行 实现 落实 制定 编制 修订 形成 培育 培养 激发 允许 组织 统筹 协调 联合 合作 共建 共享 共管
    转为 盘活 取得 便利 发展 应用 综合 全面 全民 全区 参与 示范 试点 试验 资源 资金 空间 设施 机构 企业 高校 学校 教师 街道
    社区 居民 群众 干部 人才 医疗 教育 交通 商业 住宅 物业 城市 市政 国际 国家 国内 境外 社会 公共 网络 数据 信息 信息化
    智能 智能化 科技 技术 产业 金融 经济 重大 决策 核心 目标 风险 机遇 需求 优势 特色 行动 原则 包括 通过 结合 围绕 按照
    根据 依托 利用 使用 进行 开展 具有 作为 成为 以及 其中 之外 更多 更加 什么 怎么 如何 哪些 他们 我们 这些 那些 各类 各种
    各项 一批 一个 一站式 多元化 市场化 常态化 长效化 结构化 国际化 法治化 专业化 区域 范围 地方 部门 单位 个人 自身 主体
    中国 内地 之一 之间 便利地 投融资 研究院 研究机构 示范区 示范点 标准化 金融业 实验区 集聚区 创新大赛 办公室
    和解 和谐 和平 能力 水平 质量 效率 成本 结果 情况 问题 方面 工作 活动 责任 职责 权力 清单""".split()  # noqa: SIM905
)
#: A word longer than a line of a title on a small phone would be broken at any place.
MAX_WORD = 9  # characters
_WORD = re.compile(f"[{HAN}0-9A-Za-z]")
_LATIN = re.compile("[0-9A-Za-z]")
#: Characters that end a word oftener than they begin one: no line begins with them, unless with a word that is known.
_ENDINGS = frozenset("的地得等了着过上中下后前内外化性型级区院所站点库业者员室部厅局处法制率度")
_BEFORE_A_WORD = "的和"
_OPENING, _CLOSING = "“‘《（「『", "”’》）」』"


class Words:
    """Words that are not to be broken."""

    def __init__(self, words: Iterable[str]):
        self.words = GENERAL_WORDS.union(word for word in words if 2 <= len(word) <= MAX_WORD)

    def pieces(self, text: str) -> list[str]:
        """The text cut where a line may break: at the borders of the words in it and outside quotation marks."""
        inside: set[int] = set()
        starts: set[int] = set()
        borders = {
            at
            for at in range(1, len(text))
            if text[at] in _OPENING or text[at - 1] in _CLOSING + _BEFORE_A_WORD
        }
        for start in range(len(text)):
            for end in range(start + 2, min(start + MAX_WORD, len(text)) + 1):
                if text[start:end] in self.words:
                    inside.update(range(start + 1, end))
                    starts.add(start)
                    borders |= {start, end}
        cuts = [
            at
            for at in sorted(borders - inside - {0, len(text)})
            if _may_part(text[at - 1], text[at])
            and (at in starts or text[at - 1] in _BEFORE_A_WORD or text[at] not in _ENDINGS)
        ]
        return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _may_part(before: str, after: str) -> bool:
    """Whether a line may end between these characters: not before a comma, not after an opening mark, not in a Latin word."""
    if not (_WORD.match(before) or before in _CLOSING) or not (_WORD.match(after) or after in _OPENING):
        return False
    return not (_LATIN.match(before) and _LATIN.match(after))
